// Without a name of its own, and called like what it is where it is used.
exports.checkForm = (req, res, next) => {
  if (req.session.token !== req.body.token) return res.sendStatus(403);
  next();
};
