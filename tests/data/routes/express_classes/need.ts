export const need = (req, res, next) => { if (!req.headers.authorization) { res.status(401).end(); } else { next(); } };
