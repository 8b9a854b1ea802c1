"""The engine: it knows browsers, people and mail servers, and has never heard of Outlook or Gmail."""
