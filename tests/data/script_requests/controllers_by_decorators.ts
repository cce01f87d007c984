import { exec } from "child_process";
import { Request } from "express";
import { controller, httpGet, queryParam, request, requestBody, requestParam } from "inversify-express-utils";
import { BodyParam, CookieParam, Get, HeaderParam, JsonController, Param, Post, QueryParam, QueryParams } from "routing-controllers";
import { BodyProp, Path, Queries, Route } from "tsoa";

@JsonController("/files")
export class Files {
  @Get("/:name")
  one(@Param("name") name: string, @QueryParam("depth") depth: number) {
    exec("ls " + name); // $ alert
    exec(`ls -d ${depth}`);
  }

  @Post("/")
  all(
    @QueryParams() query: { name: string },
    @BodyParam("name") body: string,
    @HeaderParam("x-name") header: string,
    @CookieParam("name") cookie: string,
  ) {
    exec("ls " + query.name); // $ alert
    exec("ls " + body); // $ alert
    exec("ls " + header); // $ alert
    exec("ls " + cookie); // $ alert
  }
}

@Route("files")
export class Folders {
  @Get("{name}")
  one(@Path() name: string, @Queries() query: { name: string }, @BodyProp() owner: string) {
    exec("ls " + name); // $ alert
    exec("ls " + query.name); // $ alert
    exec("ls " + owner); // $ alert
    return name;
  }
}

@controller("/disks")
export class Disks {
  @httpGet("/:name")
  one(@requestParam("name") name: string, @queryParam("id") id: number, @requestBody() body: { name: string }) {
    exec("ls " + name); // $ alert
    exec("ls " + id);
    exec("ls " + body.name); // $ alert
  }

  @httpGet("/")
  all(@request() req: Request) {
    exec("ls " + req.query.name); // $ alert
  }
}
