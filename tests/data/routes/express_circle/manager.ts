import { serve } from "./server";

export const manager = {
  check(req, res, next) {
    if (!req.user) return res.status(401).end();
    next();
  },
  restart: () => serve(),
};
