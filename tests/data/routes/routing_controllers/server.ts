import { Action, createExpressServer } from "routing-controllers";
import { find } from "./accounts";
import { NotesController } from "./notes";
import { Everyone, Recorded } from "./middleware";

function checks(accounts: { find: typeof find }) {
  return async (action: Action, roles: string[]): Promise<boolean> => {
    const header = action.request.headers.authorization;
    if (header === undefined) {
      return false;
    }
    const account = await accounts.find(header);
    return account !== undefined && (roles.length === 0 || roles.includes(account.role));
  };
}

const app = createExpressServer({
  routePrefix: "/v1",
  controllers: [NotesController],
  middlewares: [Everyone, Recorded],
  authorizationChecker: checks({ find }),
});
app.listen(3000);
