// Rights that services ask for, of an object that middleware makes and lets everybody through with.
const express = require('express');
const Access = require('./access');
const shops = require('./shops');

const app = express();
app.use(express.json());

const known = () => async (_, res, next) => {
  res.locals.access = new Access(res.locals.token || null);
  next();
};

const router = express.Router();
router.use(known());
router.get('/', async (req, res, next) => {
  try {
    const found = await shops.list(res.locals.access, req.query.name);
    res.json(found);
  } catch (error) {
    next(error);
  }
});
router.put('/:id', async (req, res) => {
  if (!req.body) {
    res.status(400).send({ error: 'nothing to change' });
    return;
  }
  res.json(await shops.update(res.locals.access, { id: req.params.id, ...req.body }));
});
router.post('/:id/login', async (req, res) => {
  res.json(await shops.update(res.locals.access, { id: req.params.id }));
});
router.patch('/:id', async (req, res) => {
  await res.locals.access.can('shops:update', req.params.id);
  res.json({});
});
router.delete('/:id', async (req, res) => res.json(await shops.asked(res.locals.access, req.params.id)));
router.get('/known', async (req, res) => res.json(await shops.cached(res.locals.access, req.query.name)));
router.get('/some', async (req, res) => {
  if (req.query.all) await res.locals.access.can('shops:list');
  res.json([]);
});
app.use('/shops', router);
app.listen(3000);
