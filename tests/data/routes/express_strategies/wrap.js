module.exports = (middleware) => (req, res, next) => {
  middleware(req, res).then(() => next(), next);
};
