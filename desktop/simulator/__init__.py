"""A local HTTP service that answers as the remote one does, renders real video, and charges nothing.

It is written from the public facts about the service alone and shares no code with the client, so that a
mistake of the client (a flipped axis, a swapped mask, a wrong polarity) is seen in what it renders.

Start: ``python -m desktop.simulator [--port 0] [--data DIR] [--log FILE] [--with-parent]
[--fault NAME[=VALUE][@WHERE][*TIMES] ...] [--set SWITCH=VALUE ...] [--webhook-secret TEXT]``, with
``--megapixels``, ``--fps``, ``--work-seconds`` and ``--expires`` as short forms of the switches of these names.
Once it listens on 127.0.0.1 it prints one line of JSON, ``{"url", "pid", "version"}``. It ends on SIGTERM,
SIGINT, and with ``--with-parent`` when its stdin is closed. Tasks and counters in ``--data`` outlive it, a
kill included; settings and faults set by control calls do not.

Keys: any but ``invalid`` (401); ``broke`` answers 402, ``suspended`` 403. A task is visible to its key only.

Switches (default first)
    megapixels 8.2944, fps 24, render full|fast (0.3 megapixels), work_seconds 0, fail_seconds 0.3,
    expires 3600, refresh_url off|on, max_tasks 3, list on|off, key_check 404|200,
    error_shape plain|problem|wrapped|literal, unknown_fields accept|400, null_fields 400|ignore,
    duration_text accept|400, image_bytes 10000000, image_bytes_of decoded|base64,
    tail_with_masks accept|400|fail, mask_durations any|5 (else 422), empty_mask accept|fail,
    empty_dynamic_masks accept|400, outside_points accept|400, origin bottom-left|top-left,
    polarity white|black, static still|move, webhook_key utf8|hex

Faults (value by default; where)
    everywhere: slow=2, reset (before the body is read), http=500; also 429[=SECONDS|date:SECONDS], 500, 502,
    503 on API calls, which with ``=accepted`` make the task first, and invalid-json (makes it first)
    create: lost-reply, failed-at-once[=reply], failed-later=1
    status: empty-result, unknown-status=UNDER_REVIEW
    download: truncated=0.5, corrupted=64, not-video, stalled=0.5, endless, throttle=1000000, no-range,
    wrong-length=short|long, expired
    webhook: webhook-duplicated, webhook-out-of-order, webhook-bad-signature, webhook-old=600, webhook-lost

Control, from this machine and without a key
    ``GET /_control/state``: counters, creates in order, tasks, armed and fired faults, settings
    ``POST /_control/faults``: a list of ``{"name", "value", "on", "times", "after"}`` or command-line texts;
    it replaces all armed ones
    ``POST /_control/settings``: an object of switches; ``POST /_control/reset``: forget tasks, counters, faults
    and changed switches
    ``GET /_control/tasks/ID/request``: the request as understood; ``.../image``, ``.../image_tail``,
    ``.../static_mask``, ``.../dynamic_mask/N`` (N from 1): the bytes as received

``--help`` explains each of them.
"""

VERSION = "1.0"
