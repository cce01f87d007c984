const router = require('express').Router();
router.get('/shops', (req, res) => res.json([]));
module.exports = router;
