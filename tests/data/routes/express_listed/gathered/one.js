const router = require('express').Router();
router.get('/one', (req, res) => res.json([]));
module.exports = router;
