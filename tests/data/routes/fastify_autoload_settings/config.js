const path = require('path');
module.exports = { routes: path.join(__dirname, 'modules'), prefix: '/v2' };
