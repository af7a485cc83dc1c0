/// Sorts the members of objects. Members are written as they come, and sorted by their keys when
/// the object ends.
///
/// Many structs and all dictionaries of one entry are in order already. Then nothing is moved.
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
        let prefix = JSONText.prefix(of: key)
        var entry = Entry(prefix: prefix, start: count, keyLength: key.count)
        if key.count <= 8, JSONText.isPlainASCII(prefix, count: key.count) {
            writeShortKey(prefix, key.count)
        } else {
            write(text: key)
            append(UInt8(ascii: ":"))
            entry.keyLength = count &- entry.start &- 3
            if entry.keyLength != key.count { frame.hasEscapedKey = true }
            if !frame.hasNonASCIIKey, key.contains(where: { $0 >= 0x80 }) {
                frame.hasNonASCIIKey = true
            }
        }
        if frame.keysAscend, entries.count > frame.firstEntry,
            !precedes(entries.base[entries.count &- 1], entry)
        {
            frame.keysAscend = false
        }
        entries.push(entry)
    }

    /// Writes a key that its prefix has in full.
    @inline(__always)
    private func writeShortKey(_ prefix: UInt64, _ length: Int) {
        reserve(11)
        end[0] = UInt8(ascii: "\"")
        UnsafeMutableRawPointer(end + 1).storeBytes(of: prefix.bigEndian, as: UInt64.self)
        end[length &+ 1] = UInt8(ascii: "\"")
        end[length &+ 2] = UInt8(ascii: ":")
        advance(by: length &+ 3)
    }

    @inline(__always)
    private func precedes(_ left: Entry, _ right: Entry) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        let order = compareKeys(left, right)
        return order == 0 ? left.start > right.start : order < 0
    }

    /// Compares keys whose first eight bytes are equal.
    private func compareKeys(_ left: Entry, _ right: Entry) -> Int {
        if frame.hasEscapedKey {
            // Escapes sort differently from the characters that they represent.
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

    /// Sorts the members of the current object. Of several members with one key the last one stays.
    func orderMembers() {
        let members = UnsafeMutableBufferPointer(rebasing: entries.elements[frame.firstEntry...])
        guard members.count > 1 else { return }
        for index in 0..<members.count {
            let end = index + 1 < members.count ? members[index + 1].start - 1 : count
            members[index].length = end - members[index].start
            members[index].index = index
        }
        if frame.keysAscend {
            guard !frame.keysDiffer else { return }
        } else {
            sort(members)
        }
        let kept = frame.keysDiffer ? members.count : withoutDoubles(members)
        move(UnsafeMutableBufferPointer(rebasing: members[..<kept]))
    }

    /// Insertion sort for runs of eight, then merges. It is faster here than the library's sort,
    /// which uses insertion for runs of up to 64.
    private func sort(_ members: UnsafeMutableBufferPointer<Entry>) {
        if members.count > 8, sortAsBefore(members) { return }
        var start = 0
        while start < members.count {
            let end = min(start &+ 8, members.count)
            sortFew(UnsafeMutableBufferPointer(rebasing: members[start..<end]))
            start = end
        }
        guard members.count > 8 else { return }
        withUnsafeTemporaryAllocation(of: Entry.self, capacity: members.count) { scratch in
            var (source, target) = (members, scratch)
            var width = 8
            while width < members.count {
                merge(source, to: target, width: width)
                swap(&source, &target)
                width &*= 2
            }
            if source.baseAddress != members.baseAddress {
                _ = members.update(fromContentsOf: source)
            }
        }
        guard members.count <= Self.longestOrder else { return }
        lastOrder.removeAll(keepingCapacity: true)
        for member in members { lastOrder.append(member.index) }
    }

    /// A longer order is not kept, as it would hold its memory forever.
    private static let longestOrder = 256

    /// Sorts the members as those of the last object, if they are in order then, which takes a fraction of the
    /// comparisons. A dictionary that was read, changed a little and is written again has its old order, and so has one
    /// that was read with the same names. One that was made anew has another.
    private func sortAsBefore(_ members: UnsafeMutableBufferPointer<Entry>) -> Bool {
        guard lastOrder.count == members.count else { return false }
        return withUnsafeTemporaryAllocation(of: Entry.self, capacity: members.count) { sorted in
            for place in sorted.indices {
                let member = members[lastOrder[place]]
                if place > 0, !precedes(sorted[place &- 1], member) { return false }
                sorted.initializeElement(at: place, to: member)
            }
            _ = members.update(fromContentsOf: sorted)
            return true
        }
    }

    private func sortFew(_ members: UnsafeMutableBufferPointer<Entry>) {
        for index in 1..<max(members.count, 1) {
            let member = members[index]
            var place = index
            while place > 0, precedes(member, members[place &- 1]) {
                members[place] = members[place &- 1]
                place &-= 1
            }
            members[place] = member
        }
    }

    /// Merges neighbouring sorted runs of `width` members.
    private func merge(
        _ source: UnsafeMutableBufferPointer<Entry>,
        to target: UnsafeMutableBufferPointer<Entry>, width: Int
    ) {
        let count = source.count
        var start = 0
        while start < count {
            let middle = min(start &+ width, count)
            let end = min(middle &+ width, count)
            var (left, right) = (start, middle)
            for place in start..<end {
                if left < middle, right == end || precedes(source[left], source[right]) {
                    target.initializeElement(at: place, to: source[left])
                    left &+= 1
                } else {
                    target.initializeElement(at: place, to: source[right])
                    right &+= 1
                }
            }
            start = end
        }
    }

    /// Rewrites the current object with these members in this order.
    private func move(_ members: UnsafeMutableBufferPointer<Entry>) {
        let body = frame.start + 1
        let length = count - body
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { scratch in
            guard let copy = scratch.baseAddress else { return }
            copy.update(from: bytes + body, count: length)
            truncate(to: body)
            for member in members {
                if count != body { append(UInt8(ascii: ",")) }
                end.update(from: copy + (member.start - body), count: member.length)
                advance(by: member.length)
            }
        }
    }

    /// Removes all but the latest of equal keys, which are neighbours with the latest one first.
    /// Returns the number of members that stay.
    private func withoutDoubles(_ members: UnsafeMutableBufferPointer<Entry>) -> Int {
        if frame.hasNonASCIIKey { return withoutEquivalents(members) }
        var kept = 1
        for index in 1..<members.count {
            let (last, member) = (members[kept - 1], members[index])
            if last.prefix == member.prefix, compareKeys(last, member) == 0 { continue }
            members[kept] = member
            kept += 1
        }
        return kept
    }

    /// Removes keys that Swift holds equal by canonical equivalence. "é" has two encodings, but is
    /// one key of a Swift dictionary or enum.
    private func withoutEquivalents(_ members: UnsafeMutableBufferPointer<Entry>) -> Int {
        var latest: [String: Int] = [:]
        for member in members {
            latest[keyText(member), default: member.start] = max(
                member.start, latest[keyText(member)] ?? 0)
        }
        guard latest.count < members.count else { return members.count }
        var kept = 0
        for member in Array(members) where latest[keyText(member)] == member.start {
            members[kept] = member
            kept += 1
        }
        return kept
    }

    // MARK: Nested writers

    /// Inserts the bytes of the current value's nested writers at their places.
    func spliceChildren() {
        let first = frame.firstChild
        let start = children[first].offset
        let length = count - start
        if length == 0, children.count == first + 1 {
            take(children[first].writer)  // The usual case: the associated values of an enum.
        } else {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { tail in
                tail.baseAddress?.initialize(from: bytes + start, count: length)
                splice(from: first, into: UnsafeBufferPointer(tail), at: start)
            }
        }
        for child in children[first...] { recycle(child.writer) }
        children.removeLast(children.count - first)
    }

    private func splice(from first: Int, into tail: UnsafeBufferPointer<UInt8>, at start: Int) {
        var copied = 0
        var entry = frame.kind == .keyed ? frame.firstEntry : entries.count
        var shift = 0
        truncate(to: start)
        func copyTail(upTo offset: Int) {
            let length = offset - start - copied
            guard length > 0, let source = tail.baseAddress else { return }
            reserve(length)
            end.update(from: source + copied, count: length)
            advance(by: length)
            copied += length
        }
        func moveEntries(before offset: Int) {
            while entry < entries.count, entries.base[entry].start < offset {
                entries.base[entry].start += shift
                entry += 1
            }
        }
        for child in children[first...] {
            copyTail(upTo: child.offset)
            moveEntries(before: child.offset)
            take(child.writer)
            shift += child.writer.count
        }
        copyTail(upTo: start + tail.count)
        moveEntries(before: .max)
    }

    /// Ends a nested writer and appends its bytes.
    private func take(_ child: JSONWriter) {
        child.finishChild()
        reserve(child.count)
        end.update(from: child.bytes, count: child.count)
        advance(by: child.count)
    }

    /// Returns the nested writer for a key of the current object, if one is open.
    func child(named key: String, _ kind: Frame.Kind) -> JSONWriter? {
        for child in children[frame.firstChild...].reversed()
        where child.key.stringValue == key && child.writer.frame.kind == kind {
            return child.writer
        }
        return nil
    }

    // MARK: Paths

    /// Returns the coding path of the current value, or of the value with `serial`.
    func path(before serial: Int? = nil) -> [any CodingKey] {
        var path: [any CodingKey] = []
        if let parent, let link = parent.children.last(where: { $0.writer === self }) {
            path = parent.path(before: parent.frame.serial)
            path.append(link.key)
        }
        var lastEntry = entries.count
        var steps: [any CodingKey] = []
        for (depth, frame) in (Array(outer.elements) + [frame]).enumerated().reversed() {
            let isBefore = serial.map { frame.serial < $0 } ?? true
            switch frame.kind {
            case .keyed where lastEntry > frame.firstEntry:
                if isBefore { steps.append(JSONKey(keyText(entries.base[lastEntry - 1]))) }
            case .unkeyed where frame.elements > 0:
                if isBefore { steps.append(JSONKey(index: frame.elements - 1)) }
            case .keyed, .unkeyed, .single, .undecided: break
            }
            if depth > 0 { lastEntry = frame.firstEntry }
        }
        return path + steps.reversed()
    }
}
