import path from 'path';
import express from 'express';
import fs, { readdirSync } from 'fs';
import { record, shops } from './routes';

export const counter = { value: 0 };
const app = express();
const plugins = path.join(__dirname, 'plugins');

app.use('/record', record);
app.use('/shops', shops);

readdirSync(path.join(__dirname, 'api')).forEach((file) => {
  const route = require(path.join(__dirname, 'api', file));
  const router = route.default || route;
  if (typeof router === 'function') {
    app.use('/api', router);
  }
});
for (const name of fs.readdirSync(plugins)) {
  app.use(`/plugins`, require(`${plugins}/${name}`).default);
}
app.listen(3000);
