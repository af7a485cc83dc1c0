/// Members of objects: written in the order they come, put in the order of their keys at the end.
///
/// Keys are in order already for dictionaries of one entry and for many structs; then nothing moves.
extension JSONWriter {
    @inline(__always)
    func beginMember(_ key: String, _ serial: Int) -> Bool {
        guard serial == frame.serial else { return staleContainer() }
        var key = key
        key.withUTF8 { writeKey($0) }
        return true
    }

    private func writeKey(_ key: UnsafeBufferPointer<UInt8>) {
        if frame.elements != 0 { append(UInt8(ascii: ",")) }
        frame.elements &+= 1
        let start = count
        let prefix = Self.prefix(of: key)
        write(text: key)
        let length = count &- start &- 2
        append(UInt8(ascii: ":"))
        if length != key.count { frame.hasEscapedKey = true }
        if !frame.hasNonASCIIKey, key.contains(where: { $0 >= 0x80 }) {
            frame.hasNonASCIIKey = true
        }
        let entry = Entry(prefix: prefix, start: start, keyLength: length)
        if frame.keysAscend, entries.count > frame.firstEntry,
            !precedes(entries[entries.count &- 1], entry)
        {
            frame.keysAscend = false
        }
        entries.append(entry)
    }

    /// The first eight bytes as a number that sorts like them.
    @inline(__always)
    private static func prefix(of key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        if key.count >= 8 {
            return UnsafeRawPointer(key.baseAddress!).loadUnaligned(as: UInt64.self).bigEndian
        }
        var prefix: UInt64 = 0
        for byte in key { prefix = prefix << 8 | UInt64(byte) }
        return key.isEmpty ? 0 : prefix << UInt64(8 &* (8 &- key.count))
    }

    @inline(__always)
    private func precedes(_ left: Entry, _ right: Entry) -> Bool {
        left.prefix == right.prefix
            ? compareKeys(left, right) < 0 : left.prefix < right.prefix
    }

    private func compareKeys(_ left: Entry, _ right: Entry) -> Int {
        if frame.hasEscapedKey {
            // Escapes sort differently from what they stand for.
            let (left, right) = (JSONText.unescaped(key(left)), JSONText.unescaped(key(right)))
            return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        }
        let (left, right) = (key(left), key(right))
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return left.count - right.count
    }

    private func key(_ entry: Entry) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes + entry.start + 1, count: entry.keyLength)
    }

    func keyText(_ entry: Entry) -> String {
        String(decoding: JSONText.unescaped(key(entry)), as: UTF8.self)
    }

    // MARK: Order

    /// Puts the members of the current object in order; of members with one key the last stays.
    func sortEntries() {
        let first = frame.firstEntry
        guard entries.count - first > 1 else { return }
        let members = withoutDoubles(orderedMembers())
        let body = frame.start + 1
        let length = count - body
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { scratch in
            let copy = scratch.baseAddress!
            copy.update(from: bytes + body, count: length)
            truncate(to: body)
            for member in members {
                if count != body { append(UInt8(ascii: ",")) }
                end.update(from: copy + (member.entry.start - body), count: member.length)
                advance(by: member.length)
            }
        }
    }

    private struct Member {
        var entry: Entry
        var length: Int
    }

    private func orderedMembers() -> [Member] {
        let first = frame.firstEntry
        var members: [Member] = []
        members.reserveCapacity(entries.count - first)
        for index in first..<entries.count {
            let next = index + 1 < entries.count ? entries[index + 1].start - 1 : count
            members.append(Member(entry: entries[index], length: next - entries[index].start))
        }
        guard !frame.keysAscend else { return members }
        members.sort { left, right in
            if left.entry.prefix != right.entry.prefix {
                return left.entry.prefix < right.entry.prefix
            }
            let order = compareKeys(left.entry, right.entry)
            return order == 0 ? left.entry.start < right.entry.start : order < 0
        }
        return members
    }

    private func withoutDoubles(_ members: [Member]) -> [Member] {
        if frame.hasNonASCIIKey { return withoutEquivalentKeys(members) }
        var kept: [Member] = []
        kept.reserveCapacity(members.count)
        for member in members {
            if let last = kept.last, last.entry.prefix == member.entry.prefix,
                compareKeys(last.entry, member.entry) == 0
            {
                kept[kept.count - 1] = member
            } else {
                kept.append(member)
            }
        }
        return kept
    }

    /// Swift's strings are equal when they look the same: "é" has two spellings, but is one key.
    private func withoutEquivalentKeys(_ members: [Member]) -> [Member] {
        var latest: [String: Member] = [:]
        for member in members {
            let key = keyText(member.entry)
            if let rival = latest[key], rival.entry.start > member.entry.start { continue }
            latest[key] = member
        }
        guard latest.count < members.count else { return members }
        return members.filter { latest[keyText($0.entry)]?.entry.start == $0.entry.start }
    }

    // MARK: Nested writers

    /// Moves the bytes of the current value's children to where they belong.
    func spliceChildren() {
        let ended = children[frame.firstChild...]
        children.removeLast(ended.count)
        let start = ended[ended.startIndex].offset
        let tail = [UInt8](UnsafeBufferPointer(start: bytes + start, count: count - start))
        var copied = 0
        var entry = frame.kind == .keyed ? frame.firstEntry : entries.count
        var shift = 0
        truncate(to: start)
        func copyTail(upTo offset: Int) {
            tail.withUnsafeBufferPointer { source in
                let length = offset - start - copied
                guard length > 0 else { return }
                reserve(length)
                end.update(from: source.baseAddress! + copied, count: length)
                advance(by: length)
                copied += length
            }
        }
        for child in ended {
            copyTail(upTo: child.offset)
            while entry < entries.count, entries[entry].start < child.offset {
                entries[entry].start += shift
                entry += 1
            }
            child.writer.finishChild()
            reserve(child.writer.count)
            end.update(from: child.writer.bytes, count: child.writer.count)
            advance(by: child.writer.count)
            shift += child.writer.count
            recycle(child.writer)
        }
        copyTail(upTo: start + tail.count)
        while entry < entries.count {
            entries[entry].start += shift
            entry += 1
        }
    }

    /// The child for a key of the current object, if one is open.
    func child(named key: String, _ kind: Frame.Kind) -> JSONWriter? {
        for child in children[frame.firstChild...].reversed()
        where child.key.stringValue == key && child.writer.frame.kind == kind {
            return child.writer
        }
        return nil
    }

    // MARK: Paths

    /// Where the writer is, or where the value with `serial` begins.
    func path(before serial: Int? = nil) -> [any CodingKey] {
        var path: [any CodingKey] = []
        if let parent, let link = parent.children.last(where: { $0.writer === self }) {
            path = parent.path(before: parent.frame.serial)
            path.append(link.key)
        }
        var lastEntry = entries.count
        var steps: [any CodingKey] = []
        for (depth, frame) in (outer + [frame]).enumerated().reversed() {
            let isBefore = serial.map { frame.serial < $0 } ?? true
            switch frame.kind {
            case .keyed where lastEntry > frame.firstEntry:
                if isBefore { steps.append(JSONKey(keyText(entries[lastEntry - 1]))) }
            case .unkeyed where frame.elements > 0:
                if isBefore { steps.append(JSONKey(index: frame.elements - 1)) }
            case .keyed, .unkeyed, .single, .undecided: break
            }
            if depth > 0 { lastEntry = frame.firstEntry }
        }
        return path + steps.reversed()
    }
}
