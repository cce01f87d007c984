const fs = require('fs');
const path = require('path');

const own = path.basename(__filename);
const all = {};
fs.readdirSync(__dirname)
  .filter((file) => file !== own && file.slice(-3) === '.js')
  .forEach((file) => {
    all[file.replace('.js', '')] = require(path.join(__dirname, file));
  });
module.exports = all;
