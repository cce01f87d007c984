const wrap = require('./wrap');

module.exports = function Auth(scope, core) {
  return wrap(async (req, res, next) => {
    const token = req.headers.authorization;
    if (!token) return res.status(401).end();
    req.user = await core.session.check(token, scope);
    next();
  });
};
