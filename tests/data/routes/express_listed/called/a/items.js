module.exports = (app) => {
  app.route('/items').get((req, res) => res.json([])).post((req, res) => res.json([]));
};
