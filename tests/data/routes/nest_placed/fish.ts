import { Controller, Get } from "@nestjs/common";

const AquariumController = (path: string) => Controller(path);

function Described(text: string) {
  return (target: object) => target;
}

@AquariumController("fish")
export class FishController {
  @Get("fresh")
  fresh() {
    return [];
  }
}

@Described("no controller")
export class Shelf {
  @Get("none")
  none() {
    return [];
  }
}
