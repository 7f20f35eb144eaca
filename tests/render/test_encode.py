"""Audio files: complete, exact, tagged, and the same bytes for the same audio."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cuesmith.errors import CuesmithError, UsageError
from cuesmith_render import Audio, AudioReport, Tags, write_audio
from cuesmith_render.ogg import page_crc, with_serial

RATE = 44100
TAGS = Tags("Lanterns é 灯", "Someone", "An Album", "2026", "7", "Anime", "Made by Cuesmith", "CC0")


def chord(frames: int) -> NDArray[np.float32]:
    time = np.arange(frames) / RATE
    return np.stack([np.sin(2 * np.pi * hz * time) * 0.4 for hz in (220, 331)]).astype(np.float32)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_files_read_back_with_exact_length_and_tags(suffix: str, tmp_path: Path) -> None:
    path = write_audio(tmp_path / f"cue{suffix}", chord(54_321), RATE, TAGS)
    with soundfile.SoundFile(path) as file:
        assert (file.frames, file.samplerate, file.channels) == (54_321, RATE, 2)
        for name, text in TAGS.written().items():
            assert getattr(file, name) == text
        back = file.read(dtype="float32").T
    error = np.abs(back - chord(54_321)).max()
    assert error < (0.05 if suffix == ".ogg" else 2**-22)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_the_same_audio_makes_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first, second = (write_audio(tmp_path / f"{name}{suffix}", chord(50_000), RATE, TAGS) for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    if suffix == ".ogg":  # not drawn from anything that differs from process to process
        assert first.read_bytes()[14:18] == b"SEUC"


def test_sixteen_bits_are_dithered_and_repeatable(tmp_path: Path) -> None:
    first, second = (write_audio(tmp_path / f"{name}.wav", chord(9000), RATE, bits=16) for name in "ab")
    assert first.read_bytes() == second.read_bytes()
    back, _ = soundfile.read(first, dtype="float32", always_2d=True)
    error = (back.T - chord(9000)) * 32768
    assert 0.3 < error.std() < 1.0 and np.abs(error).max() < 2.1
    assert soundfile.info(first).subtype == "PCM_16"


def test_a_long_ogg_does_not_crash(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, (2, 70 * RATE)).astype(np.float32)
    path = write_audio(tmp_path / "long.ogg", noise, RATE)
    assert soundfile.info(path).frames == 70 * RATE


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'\.mp3'.*\.wav, \.flac, \.ogg"):
        write_audio(tmp_path / "cue.mp3", chord(100), RATE)
    with pytest.raises(UsageError, match="20 bits"):
        write_audio(tmp_path / "cue.wav", chord(100), RATE, bits=20)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "cue.wav").mkdir()
    with pytest.raises(CuesmithError, match="cannot be written"):
        write_audio(tmp_path / "cue.wav", chord(100), RATE)
    assert [one.name for one in tmp_path.iterdir()] == ["cue.wav"]


def test_a_new_file_replaces_the_old_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "cue.flac"
    write_audio(path, chord(100), RATE)
    write_audio(path, chord(200), RATE)
    assert soundfile.info(path).frames == 200


def test_stems_are_saved_side_by_side(tmp_path: Path) -> None:
    stems: dict[str, NDArray[np.float32]] = {"melody": chord(1000), "bass": chord(1000) * np.float32(0.5)}
    audio = Audio(stems, RATE, 1000 / RATE, 0.0, True, AudioReport(-16, -1, 0, 0, "font", "2.5.7"))
    paths = audio.save_stems(tmp_path, "M-101-", "ogg", TAGS)
    assert [path.name for path in paths] == ["M-101-melody.ogg", "M-101-bass.ogg"]
    mixed = audio.save(tmp_path / "mix.wav")
    back, _ = soundfile.read(mixed, dtype="float32")
    np.testing.assert_allclose(back.T, stems["melody"] + stems["bass"], atol=2**-22)


def plain_crc(data: bytes) -> int:
    """The checksum of RFC 3533, computed bit by bit."""
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C11DB7 if register & 0x80000000 else 0)) & 0xFFFFFFFF
    return register


@given(st.binary(max_size=300))
def test_the_page_checksum_is_oggs(data: bytes) -> None:
    assert page_crc(data) == plain_crc(data)


def test_a_stream_given_its_own_serial_is_unchanged(tmp_path: Path) -> None:
    stream = write_audio(tmp_path / "cue.ogg", chord(50_000), RATE).read_bytes()
    serial = int.from_bytes(stream[14:18], "little")
    assert with_serial(stream, serial) == stream
    assert with_serial(with_serial(stream, 12345), serial) == stream
    with pytest.raises(CuesmithError, match="no Ogg page at byte"):
        with_serial(stream + b"rubbish", serial)
