import { Authorized, Body, Controller, CurrentUser, Delete, Get, JsonController, Method, Param, Post, UseAfter, UseBefore } from "routing-controllers";
import { KeyMiddleware, Recorded } from "./middleware";

@JsonController("/notes")
export class NotesController {
  @Get()
  list() {
    return [];
  }

  @Get("/mine")
  mine(@CurrentUser({ required: true }) user: object) {
    return user;
  }

  @Get("/greeting")
  greeting(@CurrentUser() user: object) {
    return user;
  }

  @Authorized()
  @Post()
  create(@Body() note: object) {
    return note;
  }

  @Authorized(["admin"])
  @Delete("/:id")
  remove(@Param("id") id: string) {
    return id;
  }

  @UseBefore(KeyMiddleware)
  @Method("patch", "/:id")
  change(@Param("id") id: string) {
    return id;
  }

  @UseAfter(Recorded)
  @Get(/\/old\/.*/)
  old() {
    return [];
  }
}

@Authorized()
@Controller()
export class PagesController {
  @Get("/pages")
  pages() {
    return "";
  }
}
