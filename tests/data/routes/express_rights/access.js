const rights = require('some-rights');

module.exports = rights.of(process.env.RIGHTS);
