from fastapi import APIRouter, Cookie, Depends, HTTPException, Request, status

router = APIRouter()


async def session_of(session: str | None = Cookie(None)):
    return None if session is None else {"user": session}


async def session_or_login(request: Request, session=Depends(session_of)):
    if session is None:
        raise HTTPException(
            status_code=status.HTTP_307_TEMPORARY_REDIRECT, headers={"Location": str(request.url_for("auth:login"))}
        )
    return session


@router.get("/orders")
async def orders(session=Depends(session_or_login)):
    return []


@router.get("/old-prices")
async def old_prices():
    raise HTTPException(status_code=307, headers={"Location": "/prices"})
