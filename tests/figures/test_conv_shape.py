"""The size calculator: layers are added, moved, changed; what does not come out is said in words."""

import pytest

from cvlessons.conv_shape import Conv, Dense, Flatten, Pool, ReLU, cnn_table

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}


def rows_of(figure):
    """Return (output, weights, multiplications) of each layer, as texts."""
    return [
        tuple(row.locator("td").nth(i).inner_text() for i in range(3))
        for row in figure.locator("tbody tr").all()
    ]


def expected(shape, layers):
    return [
        (" × ".join(map(str, row.output_shape)), f"{row.weights:,}", f"{row.multiplications:,}")
        for row in cnn_table(shape, layers).rows
    ]


def names_of(figure):
    return [text.split()[0] for text in figure.locator("tbody th").all_inner_texts()]


def test_it_says_what_the_package_says(open_figure):
    _, figure = open_figure("conv_shape")
    tail = [Flatten(), Dense(10)]
    network = [Conv(8, 5), ReLU(), Pool(2), Conv(16, 5), ReLU(), Pool(2), *tail]
    assert rows_of(figure) == expected((28, 28, 1), network)
    figure.get_by_label("K filters").fill("4")
    network[3] = Conv(4, 5)
    assert rows_of(figure) == expected((28, 28, 1), network)
    figure.get_by_label("height", exact=True).fill("36")
    assert rows_of(figure) == expected((36, 28, 1), network)


def test_the_code_is_the_network(open_figure):
    _, figure = open_figure("conv_shape")
    figure.get_by_text("The same in Python").click()
    names = {}
    exec(figure.locator("pre").inner_text().replace("\n\ncnn_table", "\n\ntable = cnn_table"), names)
    shown = [row[0] for row in rows_of(figure)]
    assert [" × ".join(map(str, row.output_shape)) for row in names["table"].rows] == shown


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "has_touch": True}], ids=["desk", "phone"])
def test_the_task_can_be_done(open_figure, options):
    """A deeper network that sees the whole digit has fewer weights."""
    _, figure = open_figure("conv_shape", **options)
    press = "tap" if options else "click"
    total = lambda: int(figure.locator("tfoot td").nth(1).inner_text().replace(",", ""))  # noqa: E731
    before = total()
    getattr(figure.locator('[data-pick="5"]'), press)()
    getattr(figure.get_by_role("button", name="Add CONV after this layer"), press)()
    figure.get_by_label("K filters").fill("16")
    figure.get_by_label("P padding").fill("0")
    getattr(figure.get_by_role("button", name="Add RELU after this layer"), press)()
    getattr(figure.get_by_role("button", name="Add POOL after this layer"), press)()
    assert names_of(figure)[-5:] == ["CONV", "RELU", "POOL", "FLATTEN", "FC"]
    assert figure.locator("tbody tr").nth(9).locator("td").nth(3).inner_text() == "28 × 28"
    assert total() < before


def test_layers_are_moved_and_removed_by_keys(open_figure):
    page, figure = open_figure("conv_shape")
    figure.locator('[data-pick="2"]').focus()
    page.keyboard.press("Enter")
    figure.get_by_role("button", name="one place earlier").focus()
    page.keyboard.press("Enter")
    assert names_of(figure)[:4] == ["INPUT", "CONV", "POOL", "RELU"]
    figure.get_by_role("button", name="Remove").press("Enter")
    assert names_of(figure)[:4] == ["INPUT", "CONV", "RELU", "CONV"]
    assert "⚠ does not come out" not in figure.locator("tbody").inner_text()


def test_what_does_not_come_out_is_explained_and_mended(open_figure):
    _, figure = open_figure("conv_shape")
    figure.get_by_role("combobox", name="network").select_option("alexnet224")
    with pytest.raises(ValueError) as error:
        cnn_table((224, 224, 3), [Conv(96, 11, stride=4)])
    assert str(error.value) in figure.locator(".wrong").inner_text()
    assert "⚠ does not come out" in figure.locator("tbody tr").nth(1).inner_text()
    figure.get_by_role("button", name="input 227").click()
    assert not figure.locator(".wrong").is_visible()
    assert rows_of(figure)[1][0] == "55 × 55 × 96"


def test_a_dense_layer_on_a_volume_is_explained(open_figure):
    _, figure = open_figure("conv_shape")
    figure.locator('[data-pick="6"]').click()
    figure.get_by_role("button", name="Remove").click()
    words = "layer 7: Dense takes a vector of shape (n,), got (4, 4, 16): put Flatten before it"
    assert words in figure.locator(".wrong").inner_text()


def test_the_widget_tables_what_the_figure_shows(open_figure):
    figures = pytest.importorskip("cvlessons.figures")
    _, figure = open_figure("conv_shape")
    table = figures.SizeCalculator().table()
    shown = [(" × ".join(map(str, row.output_shape)), f"{row.weights:,}") for row in table.rows]
    assert [row[:2] for row in rows_of(figure)] == shown
