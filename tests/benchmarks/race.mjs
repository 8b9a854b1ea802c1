// Puppeteer's locators on the page that another program changes: all selectors at once, the first that is ready is clicked.
// A line of JSON in ({selectors, timeout}), a line out ({done}).
import {createInterface} from 'node:readline';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
const [folder, endpoint] = process.argv.slice(2);
const {default: puppeteer, Locator} = await import(pathToFileURL(createRequire(folder + '/').resolve('puppeteer-core')));
const browser = await puppeteer.connect({browserURL: endpoint, defaultViewport: null});
let page = null;
for (const one of await browser.pages()) if (await one.evaluate(() => Symbol.for('mutants') in document)) page = one;
console.log(JSON.stringify({ready: true}));
for await (const line of createInterface({input: process.stdin})) {
  const {selectors, timeout} = JSON.parse(line);
  const done = await Locator.race(selectors.map((s) => page.locator(s))).setTimeout(timeout).click().then(() => true, () => false);
  console.log(JSON.stringify({done}));
}
await browser.disconnect();
