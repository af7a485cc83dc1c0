internal import CLinux

/// What this process has of memory that it could free.
enum AllocatedMemory {
    static var inUse: Int { heap_in_use() }
}
