const express = require('express');

exports.crud = (model, guard) => {
  const router = express.Router();
  router.get('/', (req, res) => res.json([]));
  if (guard) router.use(guard);
  router.route(`/${model.name}/:id`).delete((req, res) => res.json([]));
  return router;
};
