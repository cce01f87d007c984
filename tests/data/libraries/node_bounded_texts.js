const express = require('express'); const { z } = require('zod'); const app = express(); app.use(express.json()); const Joi = require('joi');
app.post('/a', (req, res) => { const { t } = z.object({ t: z.string().max(100) }).parse(req.body); res.json(/\s+$/.test(t)); });
app.post('/a1', (req, res) => { const { t } = z.object({ t: z.string().trim().max(100).optional() }).parse(req.body); res.json(/\s+$/.test(t)); });
app.post('/a2', (req, res) => { const { t } = z.object({ t: z.string().min(1) }).parse(req.body); res.json(/\s+$/.test(t)); }); // $ catastrophic-regex
app.post('/b', (req, res) => { const { value, error } = Joi.object({ t: Joi.string().max(50) }).validate(req.body); if (error) return res.end(); res.json(/\s+$/.test(value.t)); });
app.post('/c', (req, res) => { const { t } = z.object({ t: z.string().max(100).transform((x) => x.toLowerCase()) }).parse(req.body); res.json(/\s+$/.test(t + '')); });
const { body, validationResult } = require('express-validator');
app.post('/d', body('t').isLength({ max: 80 }), (req, res) => { if (!validationResult(req).isEmpty()) return res.end(); res.json(/\s+$/.test(req.body.t)); });
app.post('/d2', body('t').isLength({ min: 8 }), (req, res) => { if (!validationResult(req).isEmpty()) return res.end(); res.json(/\s+$/.test(req.body.t)); }); // $ catastrophic-regex
const fastify = require('fastify')();
fastify.post('/e', { schema: { body: { type: 'object', properties: { t: { type: 'string', maxLength: 50 }, u: { type: 'string' } } } } }, async (req) => {
  /\s+$/.test(req.body.t);
  /\s+$/.test(req.body.u); // $ catastrophic-regex
});
