// English, German, Russian, Spanish, Italian and Polish given names and their short and pet forms.
// A group a line, the full forms first. Compiled for this project from common knowledge of the
// languages; none is doubtful enough to need a source.

#include <string_view>
#include <unordered_map>
#include <vector>

#include "policies/screening/name_vocabulary.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kGroups =
    "abigail abby gail|abraham abe bram|adalbert bert|albert al bert bertie|alexander alex aleks "
    "alec sandy xander sasha sascha sanya shura alejandro aleksandr oleksandr alessandro|alexandra "
    "alex sandra sasha lexi|alfred alf fred freddie|amanda mandy|andrew andy drew andreas andrei "
    "andrey andriy andrzej|angela angie angelika|anna ann annie anya nancy nan|anastasia nastya "
    "stacy|anthony tony anton antonio antoni|arthur art artie artur|barbara barb babs basia|"
    "barack barry|bartholomew bart|benjamin ben benny bennie bibi binyamin|bernard bernie bernhard|"
    "boris borya|bradley brad|calvin cal|caroline carrie carol|catherine cathy kate katie kat "
    "kitty "
    "katherine kathryn kathy katya ekaterina yekaterina katarzyna kasia|charles charlie chuck chas "
    "carlos karl carl karol|christina chris tina christine krystyna|christopher chris kit topher "
    "christoph krzysztof|clifford cliff|clinton clint|cynthia cindy|daniel dan danny danilo|david "
    "dave davy dawid|deborah deb debbie|dennis denis denny|dmitry dima mitya dmitri dmitriy dmytro|"
    "donald don donny donnie|dorothy dot dottie dolly|douglas doug|edward ed eddie ted ned teddy "
    "eduardo edek|edmund ed ted|edwin ed|eleanor ellie nell nora|elizabeth liz beth betty eliza "
    "lizzie "
    "bess betsy lisa elisabeth elzbieta ela|emily em emma|eugene gene evgeny yevgeny zhenya evgeni|"
    "evgenia zhenya|florence flo|frances fran franny|francis frank francisco pancho paco franz "
    "francesco|franklin frank|frederick fred freddie freddy rick fritz fredrick|gabriel "
    "gabe|galina "
    "galya|george georgie jorge georg giorgio jerzy jurek|gerald gerry jerry|gerard gerry|gilbert "
    "gil|"
    "giuseppe beppe pino|gregory greg grisha grigory grzegorz|gwendolyn gwen|harold harry hal|"
    "harrison harry|henry harry hank hal heinrich heinz enrique henryk|herbert bert herb|"
    "herman manny hermann|howard howie|hubert bert hugh|ignacio nacho|igor garik|irina ira|isaac "
    "ike "
    "itzhak yitzhak|isabella bella izzy isabel|ivan vanya|jacob jake jakob jakub kuba|jacqueline "
    "jackie|james jim jimmy jamie jaime|janet jan|jason jay|jeffrey jeff geoffrey geoff|jennifer "
    "jen "
    "jenny|jeremy jerry jem|jerome jerry|jessica jess jessie|jesus chucho|john jack johnny johann "
    "johannes hans jan juan giovanni jon|jonathan jon jonny nathan|joseph joe joey jose josef "
    "josip jozef sepp pepe yosef|joshua josh|juanita nita|judith judy|julia julie yulia juliana|"
    "kenneth ken kenny|kimberly kim|konstantin kostya|larisa lara|lawrence larry laurie lorenz "
    "lorenzo laurence|leonard leo len lenny leon|leonid lyonya|leonardo leo|lewis lou louis luis "
    "ludwig luigi lew|lillian lily lil|ludmila lyuda mila lyudmila|lucille lucy|magdalena magda "
    "lena|manuel manolo manny|margaret maggie meg peggy marge margie greta rita malgorzata gosia|"
    "maria mary masha marie marysia molly polly|marina|martha marty|martin marty marcin|matthew "
    "matt "
    "matthias mateusz matteo mateo|maureen mo|maxim max maksim maks|maximilian max|maxwell max|"
    "melissa missy mel|melvin mel|michael mike mick mickey mikey misha mikhail miguel michel "
    "mykhailo michal|mildred millie|mitchell mitch|mohammed mo|nadezhda nadya|natalia natasha "
    "natalie natalya|nathaniel nate nathan|nicholas nick nicky klaus nico nicolas nikolai nikolay "
    "kolya mykola mikolaj nicola|norman norm|oleg olezhka|oliver ollie|olga olya|pamela "
    "pam|patricia "
    "pat patty tricia|patrick pat paddy|pavel pasha|paul pablo pavel paolo pawel|peter pete piotr "
    "petr pyotr pedro petro pietro petya|philip phil filip|phillip phil|priscilla cilla|rafael "
    "rafa|"
    "raymond ray|rebecca becky becca|reginald reg reggie|richard dick rick ricky rich richie "
    "ricardo ryszard|robert bob bobby rob robbie bert roberto|roberto beto|rodney rod|roger rog|"
    "ronald ron ronnie|roland rollie|rosa rosie rose|rudolf rudi rudy|russell russ|samantha sam|"
    "samuel sam sammy|sandra sandy|santiago iago|sarah sally sadie sara|sergey seryozha sergei "
    "serhiy|sidney sid|solomon sol|sophia sophie sonya sofia zofia zosia|stanislav stas slava|"
    "stephen steve steven stevie stefan esteban stepan|svetlana sveta|stuart stu|susan sue susie "
    "suzy zuzanna|sylvester sly|tamara toma|tatiana tanya|teresa terry tess theresa|terence terry|"
    "thaddeus tad tadeusz|theodore ted teddy theo fyodor fedor teodoro|thomas tom tommy tomas "
    "tomasz tommaso|timothy tim timmy timofey|valentina valya|valery valera valeriy|vasily vasya "
    "vasil vasyl|veronica ronnie nika|victor vic viktor vitya victor|victoria vicky tori vika|"
    "vincent vince vinnie|viola vi|vitaly vitalik|virginia ginny|vladimir vova volodya vlad "
    "volodymyr wladimir|vladislav vlad slava|vyacheslav slava|walter walt wally|wilfred wilf fred|"
    "wilhelm willi willy|william bill billy will willie liam guillermo|winston win|yaroslav slava|"
    "yakov yasha|yuri yura yuriy|zachary zach zack";

using Groups = std::unordered_map<std::string_view, std::vector<std::uint16_t>>;

const Groups& groups() {
  static const Groups kAll = [] {
    Groups all;
    std::uint16_t group = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= kGroups.size(); ++i) {
      if (i < kGroups.size() && kGroups[i] != ' ' && kGroups[i] != '|') continue;
      all[kGroups.substr(begin, i - begin)].push_back(group);
      if (i < kGroups.size() && kGroups[i] == '|') ++group;
      begin = i + 1;
    }
    return all;
  }();
  return kAll;
}

}  // namespace

std::span<const std::uint16_t> nickname_groups(std::string_view word) {
  const auto found = groups().find(word);
  if (found == groups().end()) return {};
  return found->second;
}

}  // namespace tidewaiter
