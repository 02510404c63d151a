// new.hpp: C++ in a plugin: memory from the C library, and no exceptions. Include it in one file of the plugin, compile with
// -fno-exceptions -fno-rtti, and link with -static-libstdc++ -static-libgcc -Wl,--as-needed: then std::vector, std::string,
// std::map and the like need no library, and no code of theirs runs while the file is loaded.
//
// What would have thrown ends the process through abort(): the host's last words name the plugin and the call. A plugin that
// can go on after a failed allocation uses malloc(), or new (std::nothrow).
#ifndef OUTCRY_KIT_NEW_HPP
#define OUTCRY_KIT_NEW_HPP

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

void *operator new(std::size_t size)
{
    void *memory = std::malloc(size ? size : 1);
    if (!memory)
        std::abort();
    return memory;
}
void *operator new(std::size_t size, const std::nothrow_t &) noexcept { return std::malloc(size ? size : 1); }
void *operator new[](std::size_t size) { return ::operator new(size); }
void *operator new[](std::size_t size, const std::nothrow_t &) noexcept { return std::malloc(size ? size : 1); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::size_t) noexcept { std::free(memory); }

#ifdef __GLIBCXX__ // what the containers of GCC's library call instead of throwing themselves
namespace std {
[[noreturn]] void __throw_bad_alloc() { abort(); }
[[noreturn]] void __throw_bad_array_new_length() { abort(); }
[[noreturn]] void __throw_length_error(const char *) { abort(); }
[[noreturn]] void __throw_logic_error(const char *) { abort(); }
[[noreturn]] void __throw_out_of_range(const char *) { abort(); }
[[noreturn]] void __throw_out_of_range_fmt(const char *, ...) { abort(); }
[[noreturn]] void __throw_bad_function_call() { abort(); }
} // namespace std
template class std::basic_string<char>; // compiled here: that of the library wants exceptions
#endif

#endif
