package dev.overlays.layer;

/**
 * What a listing gives of an entry.
 *
 * @param name its name
 * @param type its kind, {@link EntryType#UNKNOWN} where the file system does not tell in listings
 * @param inode which inode of the directory's file system it is, as {@link EntryStat#inode()} says,
 *     or 0 where the listing does not tell
 */
public record LayerEntry(Name name, EntryType type, long inode) {}
