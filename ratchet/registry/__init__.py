"""Where tasks come from: folders, ZIPs, HTTP and git; pinned by a lock file, served from a cache when offline."""
