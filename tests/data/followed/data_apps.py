import os
import streamlit as st
import chainlit as cl

name = st.text_input("name")
if st.button("go"):
    os.system(name)  # $ alert
    os.system(st.number_input("n", step=1))
q = st.query_params
os.system(q["x"])  # $ alert
os.system(st.query_params.get("x"))  # $ alert
os.system(st.sidebar.text_area("x"))  # $ alert
with st.container():
    prompt = st.chat_input("x")
    os.system(prompt)  # $ alert
up = st.file_uploader("f")
if prompt := st.chat_input("x"):
    os.system(prompt)  # $ alert


@cl.on_message
async def main(message: cl.Message):
    os.system(message.content)  # $ alert


@cl.on_message
async def main2(message):
    os.system(message.content)  # $ alert
    res = await cl.AskUserMessage(content="x").send()
    os.system(res["output"])  # $ alert
