const router = require('express').Router();
router.get('/cars', (req, res) => res.json([]));
module.exports = router;
