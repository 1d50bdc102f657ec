"""Files: everything that must still be there after a crash.

Shot files, assets, the job list, the library of takes, settings, keys and the lock of the one owner. No Qt, no network.
"""
