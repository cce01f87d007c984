import os
import gradio as gr


def run(text, level):
    os.system("tool " + text)  # $ alert
    os.system(text)  # $ alert
    os.system(level)
    return text


def chat(message, history):
    os.system(message)  # $ alert
    os.system(history)


gr.Interface(fn=run, inputs=["text", "slider"], outputs="text").launch()
gr.ChatInterface(chat).launch()

with gr.Blocks() as demo:
    box = gr.Textbox()
    num = gr.Number()
    out = gr.Textbox()
    btn = gr.Button()

    @btn.click(inputs=[num, box], outputs=[out])
    def clicked(n, value):
        os.system(n)
        return os.system(value)  # $ alert

    def submitted(v):
        return os.system(v)  # $ alert

    box.submit(submitted, box, out)


def ui():
    with gr.Blocks() as demo:
        a = gr.Textbox()
        b = gr.Dropdown(["x"], allow_custom_value=True)

        def inner(x, y):
            os.system(x)  # $ alert
            os.system(y)  # $ alert

        gr.Button().click(fn=inner, inputs=[a, b])
