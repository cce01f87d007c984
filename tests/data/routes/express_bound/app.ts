import express from 'express';

class Statistics {
  routes(app: express.Application) {
    app
      .get('/statistics/day', this.byTime.bind(this, 'day'))
      .get('/statistics/week', requireUser, this.byTime.bind(this, 'week'));
  }

  private async byTime(time: string, req, res) {
    res.json({ time });
  }
}

function requireUser(req, res, next) {
  if (!req.headers.authorization) return res.status(401).end();
  next();
}

const app = express();
new Statistics().routes(app);
app.listen(3000);
