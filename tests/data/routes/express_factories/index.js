const express = require('express');
const { crud } = require('./crud');

const app = express();
const requireUser = (req, res, next) => {
  if (!req.headers.authorization) return res.status(401).end();
  next();
};
app.use('/users', crud({ name: 'user' }, requireUser));
app.use('/cars', crud({ name: 'car' }));

const routers = { news: require('./news'), shops: crud({ name: 'shop' }, requireUser) };
for (const [name, router] of Object.entries(routers)) app.use(`/${name}`, router);
app.listen(1);
