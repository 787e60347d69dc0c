"""What every process that is forked here would do again, and none changes: it is done once before."""

import gc

from infra.event_codec import event_codec

event_codec()
gc.freeze()
