const express = require('express');
const fs = require('fs');
const glob = require('glob');
const path = require('path');
const app = express();

const plain = path.join(__dirname, 'plain');
fs.readdirSync(plain).filter((f) => f.endsWith('.js')).forEach((file) => {
  const name = file.split('.')[0];
  app.use(`/plain/${name}`, require(path.join(plain, file)));
});

function load(dir) {
  fs.readdirSync(dir).forEach((file) => {
    const full = path.join(dir, file);
    if (fs.statSync(full).isDirectory()) return load(full);
    if (file.endsWith('.routes.js')) app.use('/deep', require(full));
  });
}
load(path.join(__dirname, '/deep'));

const files = glob.sync('./called/**/*.js', { cwd: __dirname });
for (const file of files) require(path.resolve(__dirname, file))(app);

const { users } = require('./named');
app.use('/named', users);

for (const entry of fs.readdirSync(path.join(__dirname, 'entries'), { withFileTypes: true })) {
  if (entry.isDirectory()) continue;
  const { prefix, router, guard } = require(path.join(__dirname, 'entries', entry.name));
  app.use(prefix, ...(guard ? [guard] : []), router);
}

const gathered = require('require-dir')('./gathered');
Object.keys(gathered).forEach((name) => app.use(`/gathered/${name}`, gathered[name]));
['first', 'second'].forEach((name) => app.use(`/${name}`, require(`./each/${name}`)));
app.listen(3000);
