#include "core/object_code.h"

#include <elf.h>

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <type_traits>
#include <vector>

#include "core/code_memory.h"
#include "core/outside_functions.h"
#include "core/relocations.h"

namespace taeda {
namespace {

constexpr uint64_t MAX_OBJECT_BYTES = uint64_t{16} << 20;  // of a file, and of what it asks for in memory
constexpr size_t SLOT_BYTES = 8, STUB_ALIGNMENT = 16;
constexpr size_t NOWHERE = SIZE_MAX;

class Loader {
 public:
  Loader(const char* content, size_t size) : content_(content), size_(size) {}

  LoadedObject load(std::string_view symbol) {
    bool understood =
        read_header() && read_sections() && read_symbols() && find(symbol) && lay_out() && collect_outside();
    if (understood) link();
    return std::move(result_);
  }

 private:
  struct Section {
    Elf64_Shdr header;
    std::string_view name;
    int part = PART_COUNT;  // PART_COUNT: not needed to run
    size_t offset = 0;      // in its part
  };
  struct Symbol {
    Elf64_Sym entry;
    std::string_view name;
    void* outside = nullptr;  // of a function of the C library
    size_t slot = NOWHERE;    // in the constants
    size_t stub = NOWHERE;    // in the code
  };

  bool fail(ObjectFault fault, const char* format, ...) __attribute__((format(printf, 3, 4))) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    result_ = {nullptr, fault, text};
    return false;
  }
  bool damaged(const char* what) { return fail(ObjectFault::DAMAGED, "damaged object file: %s", what); }
  bool refused(const char* what, std::string_view name) {
    return fail(ObjectFault::REFUSED, "object file refused: %s '%.*s'", what, printed(name), name.data());
  }
  static int printed(std::string_view name) { return static_cast<int>(std::min<size_t>(name.size(), 100)); }

  // ---- reading: nothing is taken from the file but by these ----

  static bool inside(uint64_t offset, uint64_t count, uint64_t limit) {
    return offset <= limit && count <= limit - offset;
  }

  template <class T>
  bool read(uint64_t offset, T* to) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (!inside(offset, sizeof(T), size_)) return false;
    std::memcpy(to, content_ + offset, sizeof(T));
    return true;
  }

  // The text at `offset` of a table of strings.
  bool read_name(const Elf64_Shdr& table, uint64_t offset, std::string_view* to) const {
    if (table.sh_type != SHT_STRTAB || !inside(table.sh_offset, table.sh_size, size_) || offset >= table.sh_size)
      return false;
    const char* begin = content_ + table.sh_offset + offset;
    const void* end = std::memchr(begin, 0, table.sh_size - offset);
    if (!end) return false;
    *to = {begin, static_cast<size_t>(static_cast<const char*>(end) - begin)};
    return true;
  }

  // ---- the steps, in order ----

  bool read_header() {
    machine_ = host_machine();
    if (!machine_) return fail(ObjectFault::REFUSED, "machine code cannot be loaded on this processor");
    if (size_ > MAX_OBJECT_BYTES) return fail(ObjectFault::REFUSED, "object file refused: it has more than 16 MB");
    if (!read(0, &header_) || std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0)
      return damaged("it does not begin like one");
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB)
      return fail(ObjectFault::REFUSED, "object file refused: not of 64 bits, little endian");
    if (header_.e_type != ET_REL) return fail(ObjectFault::REFUSED, "object file refused: not relocatable");
    if (header_.e_machine != machine_->elf_number)
      return fail(ObjectFault::REFUSED, "object file refused: for processor %u, not for %s", header_.e_machine,
                  machine_->name);
    return true;
  }

  bool read_sections() {
    uint64_t count = header_.e_shnum;
    if (count == 0 || count >= SHN_LORESERVE || header_.e_shentsize != sizeof(Elf64_Shdr))
      return damaged("its table of sections is none");
    if (!inside(header_.e_shoff, count * sizeof(Elf64_Shdr), size_))
      return damaged("its table of sections ends beyond the file");
    sections_.resize(count);
    for (size_t i = 0; i < count; ++i) read(header_.e_shoff + i * sizeof(Elf64_Shdr), &sections_[i].header);
    if (header_.e_shstrndx >= sections_.size()) return damaged("the names of its sections are missing");
    uint64_t held = 0;  // sections do not overlap, so together they are no larger than the file
    for (Section& s : sections_) {
      const Elf64_Shdr& h = s.header;
      if (h.sh_type == SHT_NULL) continue;
      if (!read_name(sections_[header_.e_shstrndx].header, h.sh_name, &s.name)) return damaged("a section has no name");
      if (h.sh_type != SHT_NOBITS) {
        if (!inside(h.sh_offset, h.sh_size, size_)) return damaged("a section ends beyond the file");
        if ((held += h.sh_size) > size_) return damaged("its sections overlap");
      }
      if (!(h.sh_flags & SHF_ALLOC) || h.sh_type == SHT_X86_64_UNWIND || s.name == ".eh_frame") continue;
      bool known = h.sh_type == SHT_NOBITS || (h.sh_type == SHT_PROGBITS && !s.name.starts_with(".ctors"));
      if (!known) return refused("it has a section of an unknown kind,", s.name);
      if (h.sh_flags & (SHF_TLS | SHF_COMPRESSED))
        return refused("it has a thread-local or compressed section,", s.name);
      bool code = h.sh_flags & SHF_EXECINSTR, writable = h.sh_flags & SHF_WRITE;
      if (code && writable) return refused("it has a section that is writable and executable,", s.name);
      // Constants that hold addresses are marked as writable, for the loader alone.
      if (s.name.starts_with(".data.rel.ro")) writable = false;
      s.part = code ? CODE : writable ? VARIABLES : CONSTANTS;
    }
    return true;
  }

  bool read_symbols() {
    const Section* table = nullptr;
    for (const Section& s : sections_) {
      if (s.header.sh_type != SHT_SYMTAB) continue;
      if (table) return damaged("it has two tables of symbols");
      table = &s;
    }
    if (!table) return damaged("it has no symbols");
    const Elf64_Shdr& h = table->header;
    if (h.sh_entsize != sizeof(Elf64_Sym) || h.sh_size % sizeof(Elf64_Sym) || h.sh_link >= sections_.size())
      return damaged("its table of symbols is none");
    symbol_table_ = table - sections_.data();
    symbols_.resize(h.sh_size / sizeof(Elf64_Sym));
    for (size_t i = 0; i < symbols_.size(); ++i) {
      Symbol& s = symbols_[i];
      if (!read(h.sh_offset + i * sizeof(Elf64_Sym), &s.entry) ||
          !read_name(sections_[h.sh_link].header, s.entry.st_name, &s.name))
        return damaged("a symbol has no name");
      uint16_t where = s.entry.st_shndx;
      if (where == SHN_UNDEF || where == SHN_ABS) continue;
      if (where >= SHN_LORESERVE) return refused("it has a symbol of an unknown kind,", s.name);
      if (where >= sections_.size() || s.entry.st_value > sections_[where].header.sh_size)
        return damaged("a symbol lies beyond its section");
    }
    return true;
  }

  bool find(std::string_view name) {
    for (const Symbol& s : symbols_)
      if (s.name == name && ELF64_ST_BIND(s.entry.st_info) == STB_GLOBAL && in_part(s)) {
        const Section& section = sections_[s.entry.st_shndx];
        if (section.part != CODE || s.entry.st_value >= section.header.sh_size) continue;
        wanted_ = &s;
        return true;
      }
    return refused("it has no function", name);
  }

  // A symbol in a section that is needed to run.
  bool in_part(const Symbol& s) const {
    return s.entry.st_shndx != SHN_UNDEF && s.entry.st_shndx < sections_.size() &&
           sections_[s.entry.st_shndx].part != PART_COUNT;
  }

  // `size` bytes at the end of a part; false if that is more than a program may have.
  bool append(Part part, uint64_t size, uint64_t alignment, size_t* offset) {
    Block& block = parts_[part];
    *offset = (block.size + alignment - 1) / alignment * alignment;
    if (size > MAX_OBJECT_BYTES || *offset + size > MAX_OBJECT_BYTES)
      return fail(ObjectFault::REFUSED, "object file refused: it asks for more than 16 MB");
    block.size = *offset + size;
    block.alignment = std::max<size_t>(block.alignment, alignment);
    return true;
  }

  bool lay_out() {
    for (Section& s : sections_) {
      if (s.part == PART_COUNT) continue;
      uint64_t alignment = std::max<uint64_t>(s.header.sh_addralign, 1);
      if (alignment > MAX_ALIGNMENT || (alignment & (alignment - 1)))
        return refused("it has a section of strange alignment,", s.name);
      if (!append(static_cast<Part>(s.part), s.header.sh_size, alignment, &s.offset)) return false;
    }
    return true;
  }

  // Call `f(section, relocation, rule, symbol)` for each relocation of what is needed to run, until it is false.
  template <class F>
  bool for_each_relocation(F&& f) {
    for (const Section& table : sections_) {
      const Elf64_Shdr& h = table.header;
      if (h.sh_type != SHT_RELA && h.sh_type != SHT_REL) continue;
      if (h.sh_info >= sections_.size()) return damaged("relocations of no section");
      const Section& section = sections_[h.sh_info];
      if (section.part == PART_COUNT) continue;
      if (h.sh_type == SHT_REL || section.header.sh_type == SHT_NOBITS)
        return refused("it has relocations of an unknown kind,", table.name);
      if (h.sh_entsize != sizeof(Elf64_Rela) || h.sh_size % sizeof(Elf64_Rela) || h.sh_link != symbol_table_)
        return damaged("its relocations are none");
      for (uint64_t at = 0; at < h.sh_size; at += sizeof(Elf64_Rela)) {
        Elf64_Rela relocation;
        if (!read(h.sh_offset + at, &relocation)) return damaged("its relocations end beyond the file");
        uint32_t type = ELF64_R_TYPE(relocation.r_info);
        auto rule = std::ranges::find(machine_->rules, type, &RelocationRule::type);
        if (rule == machine_->rules.end())
          return fail(ObjectFault::REFUSED, "object file refused: relocation of unknown type %u in '%.*s'", type,
                      printed(section.name), section.name.data());
        if (!inside(relocation.r_offset, rule->width, section.header.sh_size))
          return damaged("a relocation lies beyond its section");
        uint64_t index = ELF64_R_SYM(relocation.r_info);
        if (index == 0 || index >= symbols_.size()) return damaged("a relocation without a symbol");
        if (!f(section, relocation, *rule, symbols_[index])) return false;
      }
    }
    return true;
  }

  // Slots and stubs for what lies outside, at the ends of constants and code.
  bool collect_outside() {
    return for_each_relocation([&](const Section&, const Elf64_Rela&, const RelocationRule& rule, Symbol& s) {
      if (s.entry.st_shndx == SHN_UNDEF) {
        s.outside = outside_function(s.name);
        if (!s.outside) return refused("generated code may not call", s.name);
      } else if (!in_part(s) && s.entry.st_shndx != SHN_ABS) {
        return refused("code refers to a section that is not loaded, by symbol", s.name);
      }
      bool stub = s.outside && rule.target == RelocationRule::Target::NEAR;
      if ((stub || rule.target == RelocationRule::Target::SLOT) && s.slot == NOWHERE) {
        if (!append(CONSTANTS, SLOT_BYTES, SLOT_BYTES, &s.slot)) return false;
      }
      return !stub || s.stub != NOWHERE || append(CODE, machine_->stub_size, STUB_ALIGNMENT, &s.stub);
    });
  }

  uint64_t address(Part part, size_t offset) const { return reinterpret_cast<uint64_t>(parts_[part].at) + offset; }

  uint64_t address(const Symbol& s) const {
    if (s.outside) return reinterpret_cast<uint64_t>(s.outside);
    if (s.entry.st_shndx == SHN_ABS) return s.entry.st_value;
    const Section& section = sections_[s.entry.st_shndx];
    return address(static_cast<Part>(section.part), section.offset + s.entry.st_value);
  }

  // Everything is written to copies, for the addresses it will have; a fault leaves nothing behind.
  bool link() {
    CodeReservation reservation(parts_);
    if (!reservation) return fail(ObjectFault::NO_MEMORY, "the system gives no memory for machine code");
    std::vector<char> copies[PART_COUNT];
    for (int part = 0; part < PART_COUNT; ++part) copies[part].resize(parts_[part].size);
    for (const Section& s : sections_)
      if (s.part != PART_COUNT && s.header.sh_type != SHT_NOBITS && s.header.sh_size)
        std::memcpy(copies[s.part].data() + s.offset, content_ + s.header.sh_offset, s.header.sh_size);
    for (const Symbol& s : symbols_) {
      uint64_t target = s.slot == NOWHERE ? 0 : address(s);
      if (s.slot != NOWHERE) std::memcpy(copies[CONSTANTS].data() + s.slot, &target, SLOT_BYTES);
      if (s.stub != NOWHERE &&
          !machine_->write_stub(copies[CODE].data() + s.stub, address(CONSTANTS, s.slot), address(CODE, s.stub)))
        return refused("code is too far from constants, to call", s.name);
    }
    auto relocate = [&](const Section& section, const Elf64_Rela& r, const RelocationRule& rule, const Symbol& s) {
      using enum RelocationRule::Target;
      uint64_t target = rule.target == SLOT                ? address(CONSTANTS, s.slot)
                        : rule.target == NEAR && s.outside ? address(CODE, s.stub)
                                                           : address(s);
      target += static_cast<uint64_t>(r.r_addend);
      size_t offset = section.offset + r.r_offset;
      uint64_t place = address(static_cast<Part>(section.part), offset);
      if (rule.write(copies[section.part].data() + offset, target, place)) return true;
      return fail(ObjectFault::REFUSED, "object file refused: relocation %s at %.*s+0x%llx does not reach '%.*s'",
                  rule.name, printed(section.name), section.name.data(), static_cast<unsigned long long>(r.r_offset),
                  printed(s.name), s.name.data());
    };
    if (!for_each_relocation(relocate)) return false;
    const char* contents[PART_COUNT];
    for (int part = 0; part < PART_COUNT; ++part) contents[part] = copies[part].data();
    if (!reservation.fill(contents)) return fail(ObjectFault::NO_MEMORY, "the system gives no memory for machine code");
    result_.address = reinterpret_cast<void*>(address(*wanted_));
    return true;
  }

  const char* content_;
  size_t size_;
  const Machine* machine_ = nullptr;
  Elf64_Ehdr header_;
  std::vector<Section> sections_;
  std::vector<Symbol> symbols_;
  size_t symbol_table_ = 0;
  const Symbol* wanted_ = nullptr;
  Block parts_[PART_COUNT];
  LoadedObject result_;
};

}  // namespace

LoadedObject load_object(const char* content, size_t size, std::string_view symbol) {
  return Loader(content, size).load(symbol);
}

}  // namespace taeda
