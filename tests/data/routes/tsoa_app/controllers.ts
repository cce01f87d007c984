import { Body, Controller, Delete, Get, Middlewares, NoSecurity, Path, Post, Route, Security } from "tsoa";
import { keyed } from "./keyed";

@Route("users")
@Security("jwt")
export class UsersController extends Controller {
  @Get("{userId}")
  public async one(@Path() userId: string): Promise<string> {
    return userId;
  }

  @Get()
  @NoSecurity()
  public async all(): Promise<string[]> {
    return [];
  }

  @Delete("{userId}")
  @Security("jwt", ["admin"])
  public async remove(@Path() userId: string): Promise<void> {}
}

@Route("open")
export class OpenController extends Controller {
  @Post()
  public async create(@Body() body: object): Promise<object> {
    return body;
  }

  @Post("keyed")
  @Middlewares(keyed)
  public async keyed(@Body() body: object): Promise<object> {
    return body;
  }
}
