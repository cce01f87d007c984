from ninja import Router

router = Router()


@router.get("/{order_id}")
def order(request, order_id: int):
    return {}


@router.api_operation(["PUT", "PATCH"], "/{order_id}", auth=lambda request: True)
def change(request, order_id: int):
    return {}
