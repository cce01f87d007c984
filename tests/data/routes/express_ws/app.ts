import express from 'express';
import expressWs from 'express-ws';

const { app } = expressWs(express());
const auth = (mode) => (req, res, next) => {
  (async () => {
    const found = await lookUp(req, mode);
    if (!found.success) return res.status(found.status).json({ error: found.error });
    req.auth = found;
    next();
  })().catch(next);
};
app.get('/', (req, res) => res.json({}));
app.get('/jobs', auth('jobs'), (req, res) => res.json([]));
app.post('/login', signIn);
app.listen(3000);

async function lookUp(req, mode) {
  if (!req.headers.authorization) return deny(401, mode);
  return { success: true };
}
const deny = (status, mode) => {
  if (mode === 'strict') throw new Unauthorized('strict');
  return { success: false, status, error: 'who are you?' };
};
async function signIn(req, res) {
  return startSession(req, res);
}
async function startSession(req, res) {
  const user = await users.find(req.body.name);
  if (!user || !(await user.comparePassword(req.body.password))) {
    throw new Unauthorized(req.user);
  }
  res.json({ token: req.cookies.token });
}
class Unauthorized extends Error {
  status = 401;
}
