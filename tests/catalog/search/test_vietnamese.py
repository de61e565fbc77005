"""How people search: with and without marks, other words, mistakes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

import pytest

from catalog.documents import Kind
from catalog.search.request import SearchAnswer, SearchRequest
from catalog.search.view import IndexView
from tests.catalog.search.feeds import package, view_of

RECORDS = [
    package("giao_duc", "Giáo dục mầm non", 8, tags=("một cửa", "trẻ em")),
    package("giao_duc_thang", "Giao đục thang", 9),
    package("dat_dai", "Đất đai", 5, tags=("bản đồ",)),
    package("dat_cho", "Đạt chỗ", 6, notes="Nói về đạt"),
    package("ho_so", "Hồ sơ một cửa", 3, notes="Kết quả giải quyết"),
    package("dat_trong_mo_ta", "Bảng khác", 2, notes="Có nói tới đất nông nghiệp"),
    package("truong", "Danh sách trường học", 4, extras={"title_en": "Schools of the province"}),
]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> IndexView:
    return view_of(tmp_path_factory.mktemp("index"), RECORDS)


Names = Callable[..., list[str]]


@pytest.fixture(params=[False, True], ids=["lucene", "plain"])
def names(view: IndexView, request: pytest.FixtureRequest) -> Names:
    def found(question: str) -> list[str]:
        answer = view.search(SearchRequest(q=question, plain=request.param))
        return [str(one["name"]) for one in answer.packages]

    return found


def test_words_without_marks_find_words_with_marks(names: Names) -> None:
    assert set(names("giao duc")) == {"giao_duc", "giao_duc_thang"}
    assert names("DAT  DAI") == ["dat_dai"]
    assert names("ho so mot cua")[0] == "ho_so"
    assert names("ho so mot cua") == ["ho_so"]


def test_the_marks_asked_for_come_first(names: Names) -> None:
    assert names("giáo dục") == ["giao_duc", "giao_duc_thang"]
    assert names("giao đục") == ["giao_duc_thang", "giao_duc"]
    assert names("đất")[0] == "dat_dai"
    # Even where it only stands in the description, before another word in the title.
    assert names("đất") == ["dat_dai", "dat_trong_mo_ta", "dat_cho"]


def test_decomposed_text_is_the_same_text(names: Names) -> None:
    assert names(unicodedata.normalize("NFD", "giáo dục")) == names("giáo dục")


def test_phrases_stand_together(names: Names, view: IndexView) -> None:
    assert names('"mot cua"') == names('"một cửa"') == ["ho_so", "giao_duc"]
    assert view.search(SearchRequest(q='"cua mot"')).count == 0


@pytest.mark.parametrize("said", ["TTHC", "tthc", "thủ tục hành chính", "thu tuc hanh chinh"])
def test_synonyms(names: Names, said: str) -> None:
    assert names(said) == ["ho_so"]
    assert names(f"{said} một cửa") == ["ho_so"]


def test_a_synonym_has_the_marks_it_has(names: Names) -> None:
    assert names("thù tục hành chính") == []


def test_english_singular_and_plural(names: Names) -> None:
    assert names("school")[0] == names("schools")[0] == "truong"


def near(view: IndexView, question: str) -> SearchAnswer:
    return view.search(SearchRequest(q=question, plain=True))


@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("trưnờg học", "trường học", "truong"),
        ("truonng hoc", "trường học", "truong"),
        ("giáo dụcc", "giáo dục", "giao_duc"),
    ],
)
def test_mistakes_are_forgiven(view: IndexView, typed: str, meant: str, found: str) -> None:
    answer = near(view, typed)
    assert found in [one["name"] for one in answer.packages]
    assert answer.suggestion == meant


def test_of_many_words_half_are_enough(view: IndexView) -> None:
    answer = near(view, "danh sách trường học huyện Zzyzx")
    assert [one["name"] for one in answer.packages][:1] == ["truong"]
    assert answer.suggestion == "danh sách trường học"


@pytest.mark.parametrize(
    "question", ["which datasets have a column about schools", "bộ dữ liệu nào có trường học"]
)
def test_words_of_asking_are_not_needed(view: IndexView, question: str) -> None:
    assert near(view, question).packages[0]["name"] == "truong"


def test_nothing_at_all(view: IndexView) -> None:
    answer = near(view, "zzyzx qwrtp")
    assert (answer.count, answer.suggestion) == (0, None)


def test_what_is_found_as_typed_is_not_corrected(view: IndexView) -> None:
    assert near(view, "giao duc").suggestion is None


def test_programs_get_no_guesses(view: IndexView) -> None:
    assert view.search(SearchRequest(q="truonng")).count == 0


@pytest.mark.parametrize("typed", ["a:b AND (", "*", '"', "((((", "đất AND", "-", "title:"])
def test_what_a_person_types_is_never_refused(view: IndexView, typed: str) -> None:
    assert near(view, typed).count >= 0


def completed(view: IndexView, typed: str, limit: int = 5) -> Sequence[str]:
    return [one.match for one in view.complete(Kind.PACKAGE, typed, limit)]


def test_completion_folds_and_prefers_the_marks(view: IndexView) -> None:
    assert set(completed(view, "giao duc")) == {"Giáo dục mầm non", "Giao đục thang"}
    assert completed(view, "giáo du")[0] == "Giáo dục mầm non"
    assert completed(view, "giao đ")[0] == "Giao đục thang"
    assert completed(view, "GIAO DUC MẦM")[0] == "Giáo dục mầm non"


def test_completion_begins_any_word_but_best_the_first(view: IndexView) -> None:
    assert completed(view, "mam") == ["Giáo dục mầm non"]
    assert completed(view, "d")[0].startswith("D") or completed(view, "d")[0].startswith("Đ")
    assert completed(view, "hoc") == ["Danh sách trường học"]
    assert completed(view, "oc") == []
    assert completed(view, "school") == ["Schools of the province"]
    assert len(completed(view, "", 3)) == 3
    assert completed(view, "giao", 0) == []


def test_values_are_completed(view: IndexView) -> None:
    assert view.complete_values("tags", "cu", 5) == ["một cửa"]
    assert view.complete_values("tags", "mot c", 5) == ["một cửa"]
    assert view.complete_values("tags", "b", 5) == ["bản đồ"]
    assert view.complete_values("res_format", "cs", 5) == ["CSV"]
    assert view.complete_values("nothing", "cs", 5) == []


def test_titles_sort_as_in_a_dictionary(view: IndexView) -> None:
    found = view.search(SearchRequest(sort="title asc")).packages
    titles = [one["title"] for one in found]
    assert titles == [
        *("Bảng khác", "Danh sách trường học", "Đạt chỗ", "Đất đai"),
        *("Giáo dục mầm non", "Giao đục thang", "Hồ sơ một cửa"),
    ]
