"""execution.py: what a cell printed is one text, wherever the kernel cut it."""

from execution import joined


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def test_a_line_that_the_kernel_cut_is_whole_again():
    figure = {"output_type": "display_data", "data": {}}
    outputs = [stream("coins: 2"), stream("4\nsweets"), figure, stream(": 14\n"), stream("!", "stderr")]
    assert joined(outputs) == [stream("coins: 24\nsweets: 14\n"), figure, stream("!", "stderr")]


def test_other_outputs_stay_as_they_are():
    results = [{"output_type": "execute_result", "data": {"text/plain": str(k)}} for k in range(2)]
    assert joined(results) == results
    assert joined([]) == []
