"""Many texts at once: continuous batching, chunked prefill, speculative decoding.

Each step runs the model once over rows of several requests: the next tokens of those that are generating, and one
piece of a prompt. A request's numbers do not depend on which others are beside it: layers look at each row by itself,
attention at each sequence, and prompts are cut in pieces of a fixed size.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import NoneType

import taeda
from taeda.assertions import check_type
from taeda.llm.cache import PAGE, PrefixStore, SequenceCache, page_names
from taeda.llm.constraints import Automaton, ConstraintError, Matcher, by_regex, by_schema
from taeda.llm.decoder import ContextError, Decoder
from taeda.llm.memory import MemoryNeeded, available, check, needs
from taeda.llm.sampling import Sampler, Sampling, TokenChoice

PIECE = 256  # tokens of a prompt in one step
# Tokens that a draft model proposes. With the token before them they are as many queries as attention serves one by
# one, so that checking them gives the bits that generating them one after the other does.
PROPOSED = 3
_FORESEEN = 512  # tokens of an answer for which there is memory from the start


@dataclass
class Request:
    """A text being continued. `text` is what is certain of the answer so far; `finish` says why it ended: "stop",
    "length", "cancelled", or None while it goes on."""

    prompt: list[int]
    sampling: Sampling
    sampler: Sampler
    cache: SequenceCache
    stop_tokens: frozenset[int]
    limit: int
    draft: SequenceCache | None = None
    pages: list[bytes] = field(default_factory=list)  # names of the prompt's whole pages, where they may be kept
    choices: list[TokenChoice] = field(default_factory=list)
    text: str = ""
    finish: str | None = None
    error: BaseException | None = None
    submitted: float = field(default_factory=time.perf_counter)
    first_token: float | None = None
    ended: float | None = None
    _stream: object = None
    _held: str = ""  # text that may be the beginning of one of the texts that stop

    @property
    def tokens(self) -> list[int]:
        return [choice.token for choice in self.choices]

    def cancel(self) -> None:
        """End it at the next step."""
        self._finish("cancelled")

    def take(self, choice: TokenChoice) -> bool:
        """Add a token; whether the request goes on."""
        if self.first_token is None:
            self.first_token = time.perf_counter()
        if choice.token in self.stop_tokens:
            self._flush()
            return self._finish("stop")
        self.choices.append(choice)
        if self._stream is not None and self._add_text(self._stream.add(choice.token)):  # type: ignore[attr-defined]
            return self._finish("stop")
        if self.sampler.matcher is not None and self.sampler.matcher.complete:
            self._flush()
            return self._finish("stop")
        if len(self.choices) >= self.limit:
            self._flush()
            return self._finish("length")
        return True

    def _add_text(self, new: str) -> bool:
        """Add text; whether one of the texts that stop is in it."""
        self._held += new
        places = [place for place in (self._held.find(stop) for stop in self.sampling.stop) if place >= 0]
        if places:
            self.text += self._held[:min(places)]
            self._held = ""
            return True
        keep = max((n for stop in self.sampling.stop for n in range(1, len(stop))
                    if self._held.endswith(stop[:n])), default=0)
        self.text += self._held[:len(self._held) - keep]
        self._held = self._held[len(self._held) - keep:]
        return False

    def _flush(self) -> None:
        if self._stream is not None and not self._add_text(self._stream.finish()):  # type: ignore[attr-defined]
            self.text += self._held
            self._held = ""

    def fail(self, error: BaseException) -> None:
        self.error = error
        self._finish("cancelled")

    def _finish(self, reason: str) -> bool:
        if self.finish is None:
            self.finish = reason
            self.ended = time.perf_counter()
        return False


class Engine:
    """Runs requests on a model. `batch`: how many generate at the same time; others wait.

    `draft` is a smaller model with the same tokens: it proposes tokens that the model checks several at a time. What
    comes out is the same as without. `cache_bits` 8 keeps caches in int8. `prefixes` keeps the pages of prompts for
    those that begin alike; they give the bits that reading them again would.
    """

    def __init__(self, model: Decoder, batch: int = 8, draft: Decoder | None = None, cache_bits: int | None = None,
                 prefixes: PrefixStore | None = None) -> None:
        check_type("Engine", "model", model, Decoder)
        check_type("Engine", "draft", draft, (Decoder, NoneType))
        if draft is not None and draft.config.vocab_size != model.config.vocab_size:
            raise ValueError(f"the draft model has {draft.config.vocab_size} tokens, the model "
                             f"{model.config.vocab_size}: both have to have the same")
        self.model, self.draft, self.batch, self.cache_bits = model, draft, batch, cache_bits
        # Where positions depend on the length of the whole text, so does every page.
        self.prefixes = None if any(rotary.depends_on_length() for rotary in model.model.rotaries) else prefixes
        self.pool = model.pool(cache_bits)
        self.draft_pool = None if draft is None else draft.pool()
        self.waiting: deque[Request] = deque()
        self.active: list[Request] = []

    def submit(self, prompt: Sequence[int], sampling: Sampling, cache: SequenceCache | None = None,
               form: Automaton | None = None) -> Request:
        """Line a prompt up. `cache` may hold a beginning of it already, but not all of it. `form` is what the answer
        has to be, by default as `sampling` says.

        Raises `ContextError` if the prompt leaves no room in the context, `ValueError` for an empty one,
        `IndexError` for tokens that are not in the vocabulary, `MemoryNeeded` where its cache would not fit the memory.
        """
        config = self.model.config
        tokens = [int(token) for token in prompt]
        if not tokens:
            raise ValueError("a prompt of no tokens: there is nothing to continue")
        outside = next((t for t in tokens if not 0 <= t < config.vocab_size), None)
        if outside is not None:
            raise IndexError(f"token {outside} is not one of the {config.vocab_size} tokens of the model")
        if len(tokens) >= config.context:
            raise ContextError(0, len(tokens) + 1, config.context)
        stops = sampling.stop_tokens
        if stops is None:
            stops = default_stop_tokens(self.model)
        tokenizer = self.model.tokenizer
        if sampling.stop and tokenizer is None:
            raise ValueError("stop texts need a tokenizer, and this model has none (tokenizer.json)")
        limit = min(sampling.max_tokens, config.context - len(tokens))
        check(self.model, len(tokens), limit, self.cache_bits)
        if cache is None:
            cache = SequenceCache(self.pool)
        if cache.tokens >= len(tokens):
            cache.shorten(len(tokens) - 1)
        if form is None:
            form = form_of(self.model, sampling)
        matcher = None if form is None else Matcher(form, stops)
        request = Request(tokens, sampling, Sampler(sampling, tokens, config.vocab_size, matcher), cache,
                          frozenset(stops),
                          limit, None if self.draft_pool is None else SequenceCache(self.draft_pool))
        request._stream = None if tokenizer is None else tokenizer.stream()
        if self.prefixes is not None and not cache.tokens:
            # Not the last token: what comes after it is asked of the model.
            request.pages = page_names(tokens[:-1], PIECE)
        self.waiting.append(request)
        return request

    @property
    def busy(self) -> bool:
        return bool(self.active or self.waiting)

    def step(self) -> None:
        """Run the model once. What fails ends the requests of this step with its error, and is raised; where memory
        runs out, their caches are emptied. Where the form of an answer cannot be followed, that request alone ends."""
        self.active = [r for r in self.active if r.finish is None]
        while self.waiting and len(self.active) < self.batch:
            request = self.waiting.popleft()
            if request.finish is None:
                self.active.append(request)
                self._reserve()
        if not self.active:
            return
        try:
            with taeda.no_grad():
                refused = self._run(*self._rows())
        except BaseException as error:
            if isinstance(error, taeda.OutOfMemoryError):
                some = max(self.active, key=lambda r: len(r.prompt) + r.limit)
                error = MemoryNeeded(needs(self.model, len(some.prompt), some.limit, self.cache_bits, available()))
                for request in self.active:  # now: errors and the requests that have them keep each other alive
                    for cache in filter(None, (request.cache, request.draft)):
                        cache.shorten(0)
            for request in self.active:
                request.fail(error)
            self.active = []
            raise error
        if refused is not None:
            raise refused

    def _reserve(self) -> None:
        """Have memory for what the active requests will add, so that it need not be moved; of long answers for a
        beginning, as many end before."""
        for pool in filter(None, (self.pool, self.draft_pool)):
            pages = 0
            for request in self.active:
                tokens = len(request.prompt) + min(request.limit, _FORESEEN) + PROPOSED
                pages += sum(-(-tokens // PAGE) - len(cache.pages.numbers)
                             for cache in (request.cache, request.draft) if cache is not None and cache.pool is pool)
            pool.reserve(max(pages, 0))

    def _rows(self) -> tuple[list[Request], list[list[int]]]:
        """Who takes part, and the tokens of each: one request at most is reading its prompt."""
        taking, rows, reading = [], [], False
        for request in self.active:
            before = request.cache.tokens
            if before < len(request.prompt):
                if reading:
                    continue
                reading = True
                before = self._take_pages(request)
                # Pieces end at multiples of PIECE, whatever was in the cache.
                tokens = request.prompt[before:(before // PIECE + 1) * PIECE]
            else:
                tokens = [request.choices[-1].token, *self._proposals(request)]
            taking.append(request)
            rows.append(tokens)
        return taking, rows

    def _take_pages(self, request: Request) -> int:
        """Fill the cache with pages of the prompt that are kept; gives the tokens that it has then."""
        cache = request.cache
        while self.prefixes is not None and cache.tokens // PIECE < len(request.pages) and cache.tokens % PIECE == 0:
            page = self.prefixes.get(request.pages[cache.tokens // PIECE])
            if page is None:
                break
            cache.add_page(page)
        return cache.tokens

    def _keep_page(self, request: Request) -> None:
        """Keep the page that was just read to its end."""
        end = request.cache.tokens
        number = end // PIECE - 1
        if self.prefixes is None or request.choices or end % PIECE or not 0 <= number < len(request.pages):
            return
        if request.pages[number] not in self.prefixes:
            self.prefixes.add(request.pages[number], request.cache.page(end - PIECE, end))

    def _proposals(self, request: Request) -> list[int]:
        """Tokens that the draft model thinks come next."""
        if self.draft is None or request.draft is None:
            return []
        count = min(PROPOSED, request.limit - len(request.choices) - 1,
                    self.draft.config.context - len(request.prompt) - len(request.choices) - PROPOSED)
        found: list[int] = []
        tokens = [*request.prompt, *request.tokens]
        for _ in range(count):
            while request.draft.tokens < len(tokens):
                new = taeda.tensor([tokens[request.draft.tokens:][:PIECE]])
                logits = self.draft(new, [request.draft], last_only=True)
            found.append(int(logits[0].argmax().item()))
            tokens.append(found[-1])
        return found

    def _run(self, requests: list[Request], rows: list[list[int]]) -> ConstraintError | None:
        """Gives the last error of those whose form cannot be followed."""
        flat = taeda.tensor([token for tokens in rows for token in tokens]).unsqueeze(0)
        lengths = [len(tokens) for tokens in rows]
        features = self.model.features(flat, [request.cache for request in requests], lengths)
        wanted, first = [], 0
        for request, length in zip(requests, lengths, strict=True):
            self._keep_page(request)
            if request.choices:
                wanted.append(range(first, first + length))
            else:  # the prompt: only what follows its end
                wanted.append(range(first + length - 1, first + length)
                              if request.cache.tokens == len(request.prompt) else range(0))
            first += length
        places = [place for some in wanted for place in some]
        if not places:
            return None
        logits = self.model.logits(features if len(places) == len(features) else features[taeda.tensor(places)])
        at, refused = 0, None
        for request, tokens, some in zip(requests, rows, wanted, strict=True):
            if some:
                try:
                    self._choose(request, tokens[1:] if request.choices else [], logits[at:at + len(some)])
                except ConstraintError as error:
                    request.fail(error)
                    refused = error
            at += len(some)
        return refused

    @staticmethod
    def _choose(request: Request, proposals: list[int], logits: taeda.Tensor) -> None:
        """Tokens for the rows, up to the first that is not what was proposed."""
        for k in range(logits.size(0)):
            choice = request.sampler.choose(logits[k])
            if not request.take(choice) or proposals[k:k + 1] != [choice.token]:
                break
        known = len(request.prompt) + len(request.choices) - (0 if request.finish == "stop" else 1)
        request.cache.shorten(min(request.cache.tokens, known))
        if request.draft is not None:
            request.draft.shorten(min(request.draft.tokens, known))

    def run(self) -> Iterator[None]:
        """Steps until nothing is left to do."""
        while self.busy:
            self.step()
            yield


def default_stop_tokens(model: Decoder) -> tuple[int, ...]:
    """The tokens that end an answer: of generation_config.json, config.json, or the tokenizer."""
    given = model.defaults.get("eos_token_id")
    if given is not None:
        return tuple(given) if isinstance(given, list) else (given,)
    if model.config.stop_tokens:
        return model.config.stop_tokens
    return model.tokenizer.stop_tokens if model.tokenizer is not None else ()


def form_of(model: Decoder, sampling: Sampling) -> Automaton | None:
    """The form of the answer that is asked for, if one is."""
    if sampling.regex is None and sampling.json_schema is None:
        return None
    if model.tokenizer is None:
        raise ValueError("the form of an answer needs a tokenizer, and this model has none (tokenizer.json)")
    if sampling.regex is not None:
        return by_regex(model.tokenizer, sampling.regex)
    return by_schema(model.tokenizer, sampling.json_schema)
