const router = require('express').Router();
router.get('/third', (req, res) => res.json([]));
module.exports = router;
