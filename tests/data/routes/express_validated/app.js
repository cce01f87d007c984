const express = require('express');
const { body, validationResult } = require('express-validator');
const Joi = require('joi');
const app = express();
app.use(express.json());
const rules = [body('email').isEmail(), body('name').isString()];
const check = (req, res, next) => {
  const errors = validationResult(req);
  if (!errors.isEmpty()) return res.status(422).json({ errors: errors.array() });
  next();
};
const schema = Joi.object({ name: Joi.string().required() });
const validate = (s) => (req, res, next) => {
  const { error } = s.validate(req.body);
  if (error) return res.status(400).json({ error: 'bad' });
  next();
};
app.post('/a', ...rules, check, (req, res) => res.json({}));
app.post('/b', rules, check, (req, res) => res.json({}));
app.post('/c', [...rules, check], (req, res) => res.json({}));
const router = express.Router();
router.use(validate(schema));
router.post('/d', (req, res) => res.json({}));
app.use('/r', router);
app.post('/e', validate(schema), (req, res) => res.json({}));
app.use('/f', validate(schema));
app.post('/f', (req, res) => res.json({}));
